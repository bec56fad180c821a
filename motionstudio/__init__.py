"""MotionStudio: see and shape motion in the latent space of generative models."""
