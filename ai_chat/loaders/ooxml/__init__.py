"""The formats of Microsoft's Office since 2007: packages of XML, documents and slides."""
