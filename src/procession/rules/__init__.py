"""Floor 2: decisions and rules. Empty until models may carry them; such models are refused."""
