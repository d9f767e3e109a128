// What is pleasant and not needed: every page reads and every act works without it.
"use strict";
