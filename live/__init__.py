"""Live updates: what changed and who is where, told to open browsers by server-sent events.

messages  what web and workers put on the bus        receivers  tickets changed, people notified: tell the bus
hub       who listens, who may hear what, presence   server     the process that holds the connections
sessions  whose connection it is                     views      a browser says where its person is

Only hints travel here: a browser that hears one asks the ordinary pages. When this process or the bus is gone, pages
ask by themselves, and nothing is lost.
"""
