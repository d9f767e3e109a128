-- Where computed tables and the marts' views stand; both can be made again from the facts.

CREATE SCHEMA derived;
CREATE SCHEMA marts;
