"""The command line: parses arguments, wires the parts, prints; decides nothing."""
