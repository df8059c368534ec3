"""What metrics and traces need beyond what each part reports: the database's figures, jobs, and what runs now."""
