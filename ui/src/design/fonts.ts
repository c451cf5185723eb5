/** The embedded family; it has true tabular figures. */
import '@fontsource-variable/inter/wght.css';
