"""Values of expressions: what `value:compute` answers over declared assets, and facts about an export's image."""
