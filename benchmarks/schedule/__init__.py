"""How late slots come when there are very many configs, and what that costs."""
