"""Floor 2: decisions (DMN) and rules (DRL, spreadsheets), within the limits of scripts."""
