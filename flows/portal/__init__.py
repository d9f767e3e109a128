"""The portal: pages for the board, the senders and readers, over the published copies; never over the warehouse."""
