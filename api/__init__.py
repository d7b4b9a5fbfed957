"""How do people and programs read it?"""
