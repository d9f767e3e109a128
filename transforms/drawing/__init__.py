"""Charts and maps as SVG: figures in, a picture, its table and a sentence that says what it shows out."""
