"""The wallet: materials and certificates a party holds, their trust level, who used them and why (证照与材料库)."""
