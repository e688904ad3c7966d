"""The API that a platform builds into its product: OpenAPI 3.1 under `/v1`, and the files of the public log."""
