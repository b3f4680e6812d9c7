"""Pictures of what records hold. Each ``draw_…`` draws on the axes that it is given.

Matplotlib is imported when something is drawn, without pyplot: no window, no global state, and it
works where there is no display.
"""

from evornn.plots.convergence import Band as Band
from evornn.plots.convergence import draw_convergence as draw_convergence
from evornn.plots.distribution import draw_distribution as draw_distribution
from evornn.plots.dynamics import draw_memory as draw_memory
from evornn.plots.dynamics import draw_phase_portrait as draw_phase_portrait
from evornn.plots.dynamics import draw_raster as draw_raster
from evornn.plots.dynamics import draw_spectrum as draw_spectrum
from evornn.plots.dynamics import draw_traces as draw_traces
from evornn.plots.film import Cursor as Cursor
from evornn.plots.film import Drawing as Drawing
from evornn.plots.film import Paced as Paced
from evornn.plots.film import PictureDrawing as PictureDrawing
from evornn.plots.film import check_film as check_film
from evornn.plots.film import film as film
from evornn.plots.film import images as images
from evornn.plots.film import schedule as schedule
from evornn.plots.final_losses import draw_final_losses as draw_final_losses
from evornn.plots.medians import draw_medians as draw_medians
from evornn.plots.prediction import Predictions as Predictions
from evornn.plots.prediction import draw_predictions as draw_predictions
from evornn.plots.prediction import read_predictions as read_predictions
from evornn.plots.scales import draw_against_scale as draw_against_scale
from evornn.plots.scene import Camera as Camera
from evornn.plots.scene import SceneDrawing as SceneDrawing
from evornn.plots.scene import draw_scene as draw_scene
from evornn.plots.state_machine import draw_state_machine as draw_state_machine
from evornn.plots.style import QUIET as QUIET
from evornn.plots.style import Look as Look
from evornn.plots.style import crossed_looks as crossed_looks
from evornn.plots.style import figure as figure
from evornn.plots.style import looks as looks
from evornn.plots.style import palette as palette
from evornn.plots.style import save as save
from evornn.plots.transcription import Spoken as Spoken
from evornn.plots.transcription import draw_transcriptions as draw_transcriptions
