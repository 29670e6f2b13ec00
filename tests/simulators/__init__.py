"""Local stand-ins for vendors that enforce the vendors' rules over real HTTP."""
