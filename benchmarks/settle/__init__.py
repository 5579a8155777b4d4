"""What the bookkeeping of a job costs, beside one ORM transaction per job in stock arq."""
