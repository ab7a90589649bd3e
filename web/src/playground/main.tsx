import '../style/index.css'

