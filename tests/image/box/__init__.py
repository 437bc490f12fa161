"""The equipment: a QEMU machine with the image, a shell in it, a network around it."""
