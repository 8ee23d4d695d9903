"""The review of mini-apps' versions: the machine looks, then a person, and each says why (上架审核)."""
