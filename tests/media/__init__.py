"""Media: uploads and downloads of clients of Discovery documents, against a stand-in of Cloud Storage and Drive."""
