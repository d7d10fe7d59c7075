"""The PDFs: of the book, of each chapter, and of worksheets."""
