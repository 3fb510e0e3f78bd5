"""What the pages of the app are drawn with. Nothing here decides what is said; that is the coach's."""
