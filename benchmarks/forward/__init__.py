"""History at speed: ours beside raw loops without database and rules, and beside a plain program."""
