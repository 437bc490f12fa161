"""The tests. Each module has one class; its tests share a machine and run in the order they are written in."""
