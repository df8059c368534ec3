"""The pictures of a delivery as an aggregate: models, rules, store, and the history of earlier versions."""
