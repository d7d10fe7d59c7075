"""Each chapter as a notebook: to download, to open elsewhere, and in JupyterLite."""
