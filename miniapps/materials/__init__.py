"""The wallet: materials and certificates a party holds, who used them and why (证照与材料库)."""
