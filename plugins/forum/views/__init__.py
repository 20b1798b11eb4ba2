"""What people see and do in discussions."""
