"""How many jobs a second can be put into the queues, beside others and beside what Redis itself can do."""
