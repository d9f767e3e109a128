"""What the portal's pages show, as pure functions of frames: filtered, ordered, put into words; no markup."""
