"""The design seed of a post: the words that choose its cards' palette, layout and art, kept while its text changes.

Pure.
"""

from __future__ import annotations

from araldo.images.designer.text import drawable_line
from araldo.pictures.models import PictureState
from araldo.posts.compose import picture_prompt
from araldo.posts.models import DesignSeed, Post, PostView
from araldo.posts.wording import wording_of


def design_seed_of(post: Post) -> DesignSeed:
    """Return the stored seed, else the words that choose the design of the post's cards at present.

    The words are the shared ones: the text and prompt of a single platform choose nothing.
    """
    if post.design_seed is not None:
        return post.design_seed
    words = wording_of(post.content, post.cta)
    prompt = picture_prompt("", post.content, post.image_prompt, {}).strip()
    headline = words.headline.strip()
    if headline and not drawable_line(headline):
        # The card has the text as its headline then.
        headline = words.text
    return {"prompt": prompt, "headline": headline or prompt}


def design_seed_after_edit(view: PostView) -> DesignSeed | None:
    """Return the seed that the post has after an edit: None while no card of it was asked for.

    A post from before seeds were stored gets that of its words before the edit.
    """
    drawn = any(row.picture.state is not PictureState.NONE and not row.picture.is_own for row in view.deliveries)
    return design_seed_of(view.post) if drawn else view.post.design_seed
