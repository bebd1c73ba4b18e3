"""What was learnt of a mesh's folders, kept between commands; without it everything is read anew."""
