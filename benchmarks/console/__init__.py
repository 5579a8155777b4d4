"""What the pages of the console cost where there are a hundred thousand configs."""
