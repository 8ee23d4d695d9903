"""The OpenID Provider: one file per norm or duty; what they answer on the wire is in `api.http.oidc`."""
