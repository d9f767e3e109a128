"""What the portal's pages show: models made of frames; how they look stands in the portal's templates."""
