"""The small detached process that holds a local environment; decides nothing, writes no journal."""
