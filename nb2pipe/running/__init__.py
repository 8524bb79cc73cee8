"""Running: a project step by step, each step's notebook in a kernel, what is there used again."""
