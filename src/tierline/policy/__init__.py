"""What an environment demands: severities, requirements, limits; knows no gate and no mesh file."""
