"""Parse text -> Mesh; graph, tiers, levels, batches; selection. Knows no disk, git or network."""
