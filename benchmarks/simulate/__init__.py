"""What an installation of any size would need, from costs that were measured on a small one."""
