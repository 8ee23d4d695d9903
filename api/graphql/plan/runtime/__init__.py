"""What plans run with: connections that are held, requests that share statements, bytes that are kept."""
