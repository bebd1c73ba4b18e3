"""What changed between two versions of a contract, and whom it breaks; knows no gate and no git."""
