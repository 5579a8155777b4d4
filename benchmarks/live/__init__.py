"""From the post to the copy: instant configs beside a program that forwards inside its handler."""
