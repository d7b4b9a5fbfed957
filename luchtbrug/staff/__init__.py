"""Staff: who may sign in, what each role may do, and the desk where the network is looked after."""
