"""View models -> text, markdown, html, json, svg, mermaid; knows no terminal and no store."""
