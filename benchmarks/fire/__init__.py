"""What the product does under fire: killed, fed with damaged files, out of room, and with people at it in the night."""
