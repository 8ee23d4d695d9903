"""A GraphQL server's fast paths over PostgreSQL: a library of its own that knows Strawberry alone."""
