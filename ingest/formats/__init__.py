"""One small file per device format; adding a file is all it takes."""
