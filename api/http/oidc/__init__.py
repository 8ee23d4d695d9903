"""The wire of the OpenID Provider: routes that read, call one function of `identity.oidc`, and answer."""
