"""What members get in return: jobs that fit, people and posts found, help with writing, a way to learn.

Every page says why it shows what it shows, and where it is switched off.
"""
